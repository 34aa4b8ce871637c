export { buildCallMap, writeCallMap } from './build.ts'
export type { CallEntry, CallMap, FileEntry, GlobalEntry, InstanceEntry } from './format.ts'

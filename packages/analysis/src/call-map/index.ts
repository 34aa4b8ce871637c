export { buildCallMap, updateCallMap, writeCallMap } from './build.ts'
export type { CallMapRecords } from './file-record.ts'
export type { CallEntry, CallMap, FileEntry, GlobalEntry, InstanceEntry } from './format.ts'
export { isUnparsed, MAX_FILE_BYTES, parseSource } from './parse-source.ts'

export type { Connection } from './access.ts'
export { devtools, type Devtools } from './devtools.ts'
export { nodeHandler, type NodeRequest, type NodeResponse } from './node-handler.ts'
export type { DevtoolsAction, DevtoolsOptions, SwitchBoard } from './options.ts'

export { bumpChart, type BumpChart, type BumpLine } from './bump.ts'
export { overlapOf, storiesOf, type Stories, type Story } from './stories.ts'

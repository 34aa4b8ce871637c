export { attach, type AttachOptions } from './attach.ts'
export type { Attachment, AxiosInstanceLike } from './policy-attachment.ts'
export type { AxiosResilience } from './resilience-option.ts'

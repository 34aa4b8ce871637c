import type { Policy } from '@holdfast/core'
import type { KyFetch, KyOptions } from './ky-options.ts'

/** What a `fetch` option of ours stands for. */
export interface Attachment {
  readonly policy: Policy
  /** The `fetch` it was put around; undefined for the global one. */
  readonly inner: KyFetch | undefined
  /** The user's own, before it was made to hold the policy's deadline. */
  readonly totalTimeout: KyOptions['totalTimeout']
}

// By a registered symbol, so that a second copy of this package finds it as well.
const ATTACHMENT = Symbol.for('holdfast.ky.fetch')

/** Marks a `fetch` as ours, so that a second policy takes the place of the first and is not put around it. */
export const markAttached = (fetch: KyFetch, attachment: Attachment): KyFetch =>
  Object.defineProperty(fetch, ATTACHMENT, { value: attachment })

export const attachmentOf = (fetch: KyFetch | undefined): Attachment | undefined =>
  (fetch as { [ATTACHMENT]?: Attachment } | undefined)?.[ATTACHMENT]

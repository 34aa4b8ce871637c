import type { Policy, Strategy } from '@holdfast/core'
import { axiosCopyOf, type AxiosCopy } from './axios-copy.ts'
import { PolicyAttachment, type Attachment, type AxiosInstanceLike } from './policy-attachment.ts'

export interface AttachOptions {
  /** The axios module that made the instance, when it is not the one installed beside this package. */
  readonly axios?: object
  /** Whether a request that ran into axios' own `timeout` is sent again. Default false: it is read as a budget. */
  readonly retryClientTimeout?: boolean
}

const attachments = new WeakMap<object, PolicyAttachment>()

const checkArguments = (instance: unknown, policy: unknown, options: object): void => {
  const { interceptors } = (instance ?? {}) as {
    interceptors?: { request?: Partial<AxiosInstanceLike['interceptors']['request']> }
  }
  if (typeof interceptors?.request?.use !== 'function') {
    throw new TypeError('attach: the first argument must be an axios instance, such as axios.create() returns.')
  }
  if (typeof (policy as Partial<Policy> | undefined)?.send !== 'function') {
    throw new TypeError('attach: the second argument must be a policy, such as standardPolicy({ name }) returns.')
  }
  for (const name of Object.keys(options)) {
    if (name !== 'axios' && name !== 'retryClientTimeout') {
      throw new TypeError(`attach: unknown option "${name}". Known options: axios, retryClientTimeout.`)
    }
  }
}

/**
 * Puts a policy under an axios instance that already exists; interceptors, transforms and errors stay as they are.
 *
 * One synchronous request interceptor lets every attempt run through the instance's own adapter. A second call with
 * the same policy changes nothing; with another policy it takes the place of the first.
 *
 * @param instance - From `axios.create()`, or `axios` itself; children made by `instance.create()` are not touched.
 * @throws {TypeError} For something that is no instance or no policy, an unknown option, or a foreign copy of axios.
 * @example
 * attach(api, standardPolicy({ name: 'etsy' }))
 */
export const attach = <Strategies extends readonly Strategy[]>(
  instance: AxiosInstanceLike,
  policy: Policy<Strategies>,
  options: AttachOptions = {},
): Attachment => {
  checkArguments(instance, policy, options)
  const present = attachments.get(instance)
  if (present?.isAttached === true) {
    if (present.policy === policy) {
      present.reportTwice()
      return present
    }
    present.detach()
  }
  const copy = axiosCopyOf(instance, options.axios as AxiosCopy | undefined)
  const attachment = new PolicyAttachment(instance, policy, copy, options.retryClientTimeout ?? false)
  attachments.set(instance, attachment)
  return attachment
}

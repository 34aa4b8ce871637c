import type { Policy, Strategy } from '@holdfast/core'
import { Extension } from './extension.ts'
import type { TimeoutErrorClass } from './timeout-error.ts'

export interface KyHooksOptions {
  /** `TimeoutError` of the ky that made the instance, when it is not the one installed beside this package. */
  readonly TimeoutError?: TimeoutErrorClass
}

/** What `extend` of any ky from 1.13 on takes: a function from the options of the parent to what is added. */
export type KyExtension = <Options extends object>(parentOptions: Options) => Options

const checkArguments = (policy: unknown, options: object): void => {
  if (typeof (policy as Partial<Policy> | undefined)?.send !== 'function') {
    throw new TypeError('kyHooks: the first argument must be a policy, such as standardPolicy({ name }) returns.')
  }
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (name !== 'TimeoutError') throw new TypeError(`kyHooks: unknown option "${name}". Known options: TimeoutError.`)
    if (value !== undefined && typeof value !== 'function') {
      throw new TypeError("kyHooks: option TimeoutError must be ky's class of that name.")
    }
  }
}

/**
 * Puts a policy under a ky instance; hooks, options and errors of the instance stay as they are.
 *
 * `extend` returns a new instance that runs under the policy, and so do its own children; the parent and what `create()`
 * makes stay without it. A second `kyHooks` with the same policy changes nothing; another policy takes the place of the
 * first. ky's `timeout` becomes the limit of one attempt, its own retries are off, `ky.retry()` works.
 *
 * @returns The argument of `extend`, on ky 1.13 and up and on ky 2.
 * @throws {TypeError} For something that is no policy, or an unknown option.
 * @example
 * const api = ky.extend(kyHooks(standardPolicy({ name: 'catalog' })))
 */
export const kyHooks = <Strategies extends readonly Strategy[]>(
  policy: Policy<Strategies>,
  options: KyHooksOptions = {},
): KyExtension => {
  checkArguments(policy, options)
  return <Options extends object>(parentOptions: Options): Options => {
    if (typeof parentOptions !== 'object') {
      throw new TypeError('kyHooks: give its result to extend, as in api.extend(kyHooks(policy)).')
    }
    const extension = new Extension(policy, options.TimeoutError, parentOptions)
    return extension.options as Options
  }
}

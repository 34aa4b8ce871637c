import ky, { type KyInstance, TimeoutError } from 'ky'
import ky113, { TimeoutError as TimeoutError113 } from 'ky-1.13'
import ky114, { TimeoutError as TimeoutError114 } from 'ky-1.14'
import type { TimeoutErrorClass } from '@holdfast/ky-hooks'

/** One version of ky. */
export interface KyCopy {
  readonly name: string
  readonly ky: KyInstance
  readonly TimeoutError: TimeoutErrorClass
}

// The types of three versions do not agree; at run time the members used here are the same.
const copy = (version: string, instance: unknown, timeoutError: unknown): KyCopy => ({
  name: `ky ${version}`,
  ky: instance as KyInstance,
  TimeoutError: timeoutError as TimeoutErrorClass,
})

/** The newest ky and the two last versions of ky 1 that are supported. */
export const KY_COPIES: readonly KyCopy[] = [
  copy('2.1', ky, TimeoutError),
  copy('1.14', ky114, TimeoutError114),
  copy('1.13', ky113, TimeoutError113),
]

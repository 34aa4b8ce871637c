import type { Outcome } from './call.ts'
import { readQuotas, type ProviderHeaders, type QuotaView } from './rate-headers.ts'
import type { Environment } from './strategy.ts'

const NONE: readonly QuotaView[] = []
// Reading costs 1 to 2 us an answer, so a server that has never spoken of quotas is listened to now and then only.
const QUIET_AFTER = 16
const LOOK_EVERY = 16

// A server makes the partition of what tells its users apart, such as the API key.
const shown = (views: readonly QuotaView[]): readonly QuotaView[] =>
  Object.freeze(views.map(({ partition: _partition, ...view }) => Object.freeze(view)))

/** Reads the quotas of the answers of one key and announces them; an answer that two stages see is read once. */
export class QuotaReader {
  readonly #env: Environment
  readonly #key: string
  readonly #provider: ProviderHeaders | undefined
  #quietAnswers = 0

  constructor(env: Environment, key: string, provider: ProviderHeaders | undefined) {
    this.#env = env
    this.#key = key
    this.#provider = provider
  }

  /** Refusals are always read; of successes without any quota so far only every 16th. */
  read(outcome: Outcome): readonly QuotaView[] {
    const { head, quotas } = outcome
    if (head === undefined) return NONE
    if (quotas !== undefined && quotas.provider === this.#provider) return quotas.views
    if (this.#quietAnswers >= QUIET_AFTER && outcome.isSuccess) {
      this.#quietAnswers += 1
      if (this.#quietAnswers % LOOK_EVERY !== 0) return NONE
    }
    const views = readQuotas(head, this.#env.clock.wall(), this.#provider)
    outcome.quotas = { provider: this.#provider, views }
    if (views.length === 0) {
      this.#quietAnswers += 1
      return NONE
    }
    this.#quietAnswers = 0
    if (this.#env.hears('quota-observed'))
      this.#env.emit('quota-observed', { key: this.#key, quotas: shown(views), reason: 'headers' })
    return views
  }
}

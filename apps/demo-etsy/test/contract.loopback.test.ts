import { expect, test } from 'vitest'
import { createSimulatedClock, scenarioIds } from '../src/simulator/index.ts'
import { deviations, judgeAll } from './contract-judge.ts'
import { hasDocument, loadDocument } from './etsy-document.ts'
import { newListing, pixel, type Rig, startRig } from './rig.ts'
import { judgeDelivery, judgeTokenExchange, startRecorder } from './undocumented-exchanges.ts'
import { webhookSecret } from './webhook-secret.ts'
import { consentInSimulator } from '../src/simulated-consent.ts'

if (!hasDocument) console.warn('contract tests SKIPPED: set HOLDFAST_API_SPECS to the folder with etsy-openapi-v3.json')

const dayMs = 86_400_000

/** Every operation of the client, with arguments that the API takes and with some that it refuses. */
async function everything({ client, simulator }: Rig): Promise<void> {
  // A policy that has learned of a quota or an outage would send nothing more.
  const attempt = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
    client.connection.policy.reset()
    return run().catch(() => undefined)
  }
  await attempt(() => client.ping())
  await attempt(() => client.me())
  await attempt(() => client.shop())
  await attempt(() => client.listings({ state: 'active', limit: 100, offset: 0 }))
  await attempt(() => client.listings({ state: 'active', limit: 100, offset: 12_001 }))
  await attempt(() => client.listingsByIds([1_001, 1_002, 5]))
  await attempt(() => client.ensureReadinessState({ kind: 'ready_to_ship', minDays: 1, maxDays: 3 }))
  await attempt(() => client.ensureReadinessState({ kind: 'made_to_order', minDays: 3, maxDays: 5 }))
  await attempt(() => client.readinessStates())
  await attempt(() => client.createDraft({ ...newListing, title: '100% <mug>' }))
  const draft = await attempt(() => client.createDraft(newListing))
  const id = draft?.listingId ?? 1_001
  await attempt(() => client.uploadImage(id, { bytes: pixel, fileName: 'a.png', rank: 1, altText: 'A mug' }))
  await attempt(() => client.uploadImage(id, { bytes: new Uint8Array(), fileName: 'a.png', rank: 2, altText: '' }))
  await attempt(() => client.images(id))
  await attempt(async () => client.replaceInventory(id, await client.inventory(id)))
  await attempt(() => client.updateListing(id, { state: 'active', tags: ['a', 'b'] }))
  await attempt(() => client.listing(id))
  await attempt(() => client.listing(1))
  await attempt(() => client.receipts({ wasShipped: false, changedSinceSeconds: 1_700_000_000 }))
  await attempt(() => client.receipt(700_001))
  await attempt(() => client.receipt(1))
  await attempt(() => client.addTracking(700_001, { trackingCode: 'HF1', carrierName: 'other' }))
  await attempt(() => client.deleteListing(id))
  await attempt(async () => client.scopes(simulator.grants.issueDirectly(['shops_r']).access_token))
}

/** The seller consents again. */
function reconnect({ simulator, store }: Rig): void {
  consentInSimulator(simulator, store)
}

test.skipIf(!hasDocument)(
  'every answer of the simulator and every request of the client fit the official document, in every scenario',
  async () => {
    const document = loadDocument()
    const recorder = await startRecorder()
    const clock = createSimulatedClock()
    const rig = await startRig({
      clock,
      orders: 3,
      listings: 110,
      hangMs: 20,
      tokenBase: recorder.url,
      policy: { attemptMs: 150, deadlineMs: 300 },
    })
    const { simulator, client } = rig
    try {
      recorder.forwardTo(simulator.url)
      simulator.connectWebhooks({ url: `${recorder.url}/webhooks`, secret: webhookSecret })
      const { wrong, seen } = judgeAll(client.connection.instance, document)
      await everything(rig)
      expect(wrong).toEqual([])
      const isMet = (id: string): boolean => simulator.journal.lines(0, 1_000_000).some((line) => line.scenario === id)
      for (const id of scenarioIds) {
        const variants = id === 'E20' ? [0, 1, 2] : id === 'E28' ? [0, 1, 2, 3, 4] : [id.length % 3]
        for (const variant of variants) {
          // Half of the requests meet it, so that what follows an answer is judged too; where none did, all do.
          for (const share of [0.5, 1]) {
            if (share === 1 && (id === 'E28' || isMet(id))) continue
            simulator.inject({ id, times: 30, share: id === 'E28' ? 1 : share, variant })
            // What meets the token endpoint or a webhook needs a refresh or an event.
            if (id === 'E6' || id === 'E7') simulator.grants.expireAccessTokens()
            if (id === 'E28') await simulator.announce('order.paid', 700_001)
            await everything(rig)
            simulator.plan.clear()
            if (id === 'E6' || id === 'E7') reconnect(rig)
            // The day that was used up, and the access token with it.
            if (id === 'E2') clock.advance(2 * dayMs)
          }
        }
      }
      expect(wrong).toEqual([])
      // Webhooks are no calls; the recorder has them.
      expect(scenarioIds.filter((id) => !isMet(id))).toEqual(['E28'])
      expect(recorder.tokenExchanges.flatMap(judgeTokenExchange)).toEqual([])
      expect(recorder.tokenExchanges.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400, 500]))
      expect(recorder.deliveries.flatMap((delivery) => judgeDelivery(document, delivery))).toEqual([])
      expect(recorder.deliveries.length).toBeGreaterThan(4)
      expect(deviations.map(({ name }) => name).filter((name) => !seen.named.has(name))).toEqual([])
      expect(seen.answers).toBeGreaterThan(500)
      expect(seen.requests).toBeGreaterThan(500)
      console.info(
        `contract: ${seen.requests} requests and ${seen.answers} answers; deviations ${JSON.stringify([...seen.named])}; ` +
          `${recorder.tokenExchanges.length} token exchanges and ${recorder.deliveries.length} webhooks beside the document`,
      )
    } finally {
      await recorder.close()
    }
  },
  180_000,
)

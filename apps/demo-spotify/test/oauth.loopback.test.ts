import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { systemClock } from '@holdfast/core'
import { tokensPath } from '../src/app/settings.ts'
import { explain } from '../src/messages/explain.ts'
import { ConsentFlow } from '../src/oauth/index.ts'
import { SIMULATED_CLIENT_ID } from '../src/simulator/index.ts'
import { stage } from './stage.ts'

test('consent: the code comes back once, with our state, and the tokens are for the owner of the file alone', async () => {
  const { machine, simulator, settings } = await stage({ hasConsent: false })
  const { redirectUri } = settings
  const authorizeUrl = `${simulator.accountsBase}/authorize`
  const flow = new ConsentFlow({ authorizeUrl, clientId: SIMULATED_CLIENT_ID, redirectUri }, machine.tokens)
  const answer = await fetch(flow.begin(), { redirect: 'manual' })
  const back = new URL(answer.headers.get('location')!)
  const forged = new URLSearchParams(back.searchParams)
  forged.set('state', 'somebody-elses')
  const refused = await flow.finish(forged).catch((error: unknown) => error)
  expect(explain(refused).what).toBe('No consent was given.')
  expect(machine.tokens.consent()).toBeUndefined()
  await flow.finish(back.searchParams)
  expect(machine.tokens.consent()?.daysLeft).toBe(182)
  await expect(flow.finish(back.searchParams)).rejects.toMatchObject({ code: 'authentication' })
  expect(statSync(tokensPath(settings)).mode & 0o777).toBe(0o600)
  await expect(machine.client.get('/me', { operation: 'me' })).resolves.toMatchObject({ id: 'listener' })
})

test('100 calls that meet an expired token at once cause one refresh', async () => {
  const { machine, simulator } = await stage({
    simulator: { windowPermits: 1_000 },
    machine: { windowPermits: false, clock: systemClock },
  })
  simulator.accounts.expireAccessTokens()
  await Promise.all(Array.from({ length: 100 }, () => machine.client.get('/me', { operation: 'me' })))
  expect(simulator.count(/api\/token/)).toBe(1)
})

test('no token, code or verifier reaches a message, a report or the log record of an error', async () => {
  const { machine, simulator } = await stage()
  const { accessToken, refreshToken } = machine.tokenStore.read()!
  simulator.arm('S3')
  const error: unknown = await machine.client.get('/me', { operation: 'me' }).catch((failure: unknown) => failure)
  const { errorRecord } = await import('@holdfast/core/logging')
  const told = JSON.stringify([explain(error), errorRecord(error), machine.policies.accounts.health()])
  expect(told).toContain('authentication')
  expect(told).not.toContain(accessToken)
  expect(told).not.toContain(refreshToken)
})

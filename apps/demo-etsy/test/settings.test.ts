import { expect, test } from 'vitest'
import { readSettings } from '../src/web/settings.ts'

test('without a keystring the simulator is used', () => {
  expect(readSettings({})).toEqual({ port: 4_700, databaseFile: 'demo-etsy.db', real: undefined })
})

test('every wrong setting is named at once, and no value is printed', () => {
  const attempt = (): unknown =>
    readSettings({ PORT: 'x', ETSY_KEYSTRING: 'key:hunter2', ETSY_SHARED_SECRET: '', ETSY_SHOP_ID: 'a' })
  expect(attempt).toThrow(/PORT.*ETSY_KEYSTRING.*ETSY_SHARED_SECRET.*ETSY_SHOP_ID.*ETSY_REDIRECT_URI/)
  expect(attempt).not.toThrow(/hunter2/)
})

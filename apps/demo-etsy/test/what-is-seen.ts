import type { CallHistory } from '../src/web/call-history.ts'
import { quotaPage } from '../src/web/pages/quota-page.ts'
import { shopPage } from '../src/web/pages/shop-page.ts'
import type { ShopApp } from '../src/shop-app.ts'

const textOf = (markup: unknown): string =>
  String(markup)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,:;])/g, '$1')

/** What the seller reads on the shop page. */
export async function seenInShop(app: ShopApp): Promise<string> {
  return textOf(await shopPage(app, { values: {}, issues: [] }))
}

/** What the seller reads on the quota page. */
export function seenInQuota(app: ShopApp, history: CallHistory): string {
  return textOf(quotaPage(app, history, 'hour'))
}

/** What the shop page says when nothing is wrong. */
export const nothingDead = 'None: every job went through or is still at it.'

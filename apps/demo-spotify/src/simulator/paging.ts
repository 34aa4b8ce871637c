export interface Page {
  readonly limit: number
  readonly offset: number
}

/** `limit` and `offset` of a query, or the words of the Web API about what is wrong with them. */
export const pageOf = (query: URLSearchParams, most = 50, usual = 20): Page | string => {
  const limit = Number(query.get('limit') ?? usual)
  const offset = Number(query.get('offset') ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return 'Invalid limit'
  if (!Number.isInteger(offset) || offset < 0) return 'Invalid offset'
  return { limit, offset }
}

/** One page in the shape of offset paging. */
export const paged = (
  href: string,
  all: readonly unknown[],
  { limit, offset }: Page,
): { readonly items: unknown[] } & Record<string, unknown> => {
  const link = (start: number): string => {
    const url = new URL(href)
    url.searchParams.set('limit', String(limit))
    url.searchParams.set('offset', String(start))
    return url.href
  }
  return {
    href: link(offset),
    limit,
    offset,
    total: all.length,
    next: offset + limit < all.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    items: all.slice(offset, offset + limit),
  }
}

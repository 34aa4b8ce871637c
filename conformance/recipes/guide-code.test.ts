import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const docs = new URL('../../docs/', import.meta.url)
const pages = ['problem-documents.md', 'observability.md'].map((name) =>
  readFileSync(new URL(`guides/${name}`, docs), 'utf8'),
)
const recipes = readdirSync(new URL('snippets/', docs)).filter((name) =>
  /^(?:problem|logs|metrics|alerts|errors|traces)-.*\.ts$/.test(name),
)

it('there are recipes', () => {
  expect(recipes).toHaveLength(8)
})

it.each(recipes)('a guide shows %s as it is run', (name) => {
  const code = readFileSync(new URL(`snippets/${name}`, docs), 'utf8')
  expect(pages.some((page) => page.includes(`\`\`\`ts\n${code}\`\`\``))).toBe(true)
})

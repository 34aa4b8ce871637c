import fc from 'fast-check'

const name = fc.constantFrom(
  'a',
  'fetch',
  'axios',
  'e',
  'api',
  'log',
  'undefined',
  'constructor',
  '__proto__',
  'toString',
)
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    name,
    fc.constantFrom('"https://x.test"', '`${a}/x`', '0', 'null', 'this', '/x/'),
    fc.tuple(name, tie('expression')).map(([callee, argument]) => `${callee}(${argument})`),
    fc.tuple(name, name, tie('expression')).map(([object, key, argument]) => `${object}.${key}(${argument})`),
    fc.tuple(name, tie('expression')).map(([key, value]) => `({ ${key}: ${value}, ...a })`),
    tie('expression').map(
      (inner) => `(async () => { try { await (${inner}) } catch (e) { log.error((${inner}), e) } })`,
    ),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `((${left}) ?? (${right}))`),
    tie('expression').map((inner) => `new Promise((a) => setTimeout(a, (${inner})))`),
    tie('expression').map(
      (inner) => `class extends (${inner}) { a = (${inner}); constructor() { super(); this.api = (${inner}) } }`,
    ),
  ),
}))
/** One statement of a random program that is full of names the detectors care about. */
export const statement = fc
  .tuple(name, expression)
  .map(([id, value]) => (id === 'undefined' ? `;(${value})` : `var ${id} = ${value}`))

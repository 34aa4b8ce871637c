/** The shape of an answer: names and kinds, no value of the shop or its buyers. */
export type Shape = string | { readonly [field: string]: Shape } | readonly Shape[]

/** Reduces an answer to its shape; of a list the first entry stands for all. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]))
}

/** Fields that one shape has and the other has not, as paths; null fits everything. */
export function shapeDifferences(real: Shape, imitated: Shape, path = ''): readonly string[] {
  if (real === 'null' || imitated === 'null') return []
  if (Array.isArray(real) && Array.isArray(imitated)) {
    const [first, second] = [real[0] as Shape | undefined, imitated[0] as Shape | undefined]
    return first === undefined || second === undefined ? [] : shapeDifferences(first, second, `${path}[]`)
  }
  if (typeof real === 'string' || typeof imitated === 'string' || Array.isArray(real) || Array.isArray(imitated)) {
    return JSON.stringify(real) === JSON.stringify(imitated)
      ? []
      : [`${path}: ${kindOf(real)} at Etsy, ${kindOf(imitated)} here`]
  }
  const ours = imitated as Readonly<Record<string, Shape>>
  const theirs = real as Readonly<Record<string, Shape>>
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])]
  return names.flatMap((name) => {
    const [their, our] = [theirs[name], ours[name]]
    const place = path === '' ? name : `${path}.${name}`
    if (their === undefined) return [`${place}: only here`]
    if (our === undefined) return [`${place}: only at Etsy`]
    return shapeDifferences(their, our, place)
  })
}

function kindOf(shape: Shape): string {
  return typeof shape === 'string' ? shape : Array.isArray(shape) ? 'list' : 'object'
}

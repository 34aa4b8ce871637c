import { safeRead } from './safe-read.ts'

/** The error and its causes, outermost first; ends at `depth`, and so on a cycle as well. */
export const chainOf = (error: unknown, depth: number): readonly unknown[] => {
  const chain: unknown[] = []
  for (let node = error; chain.length < depth && node !== undefined && node !== null; node = safeRead(node, 'cause'))
    chain.push(node)
  return chain
}

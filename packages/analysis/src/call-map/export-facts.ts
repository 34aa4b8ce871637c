import type { ExportFact } from '../model/project-facts.ts'

/** Imports that run in a circle are worked out this many times, each time with the answers of the time before. */
const MAX_ROUNDS = 4

/**
 * What every export is, worked out when first asked for and kept. An answer that needs itself, through a circle of
 * imports, starts from nothing and is repeated until nothing changes. Where it never stops changing, as in a value that
 * contains itself, it is cut after some rounds, and what is left depends on the order of questions.
 */
export class ExportFacts {
  readonly #compute: (file: string, name: string) => ExportFact | undefined
  readonly #settled = new Map<string, ExportFact | undefined>()
  /** Answers of the running question, which may still grow. */
  #provisional = new Map<string, ExportFact | undefined>()
  #computed = new Set<string>()
  #isRunning = false
  /** How many answers rested on a provisional one. */
  unsettledReads = 0

  constructor(compute: (file: string, name: string) => ExportFact | undefined) {
    this.#compute = compute
  }

  of(file: string, name: string): ExportFact | undefined {
    const key = `${file}#${name}`
    if (this.#settled.has(key)) return this.#settled.get(key)
    if (this.#isRunning) return this.#inner(key, file, name)
    this.#isRunning = true
    try {
      return this.#outer(key, file, name)
    } finally {
      this.#isRunning = false
      this.#provisional = new Map()
    }
  }

  #outer(key: string, file: string, name: string): ExportFact | undefined {
    for (let round = 1; ; round += 1) {
      const before = JSON.stringify([...this.#provisional.values()])
      const readsBefore = this.unsettledReads
      this.#computed = new Set()
      const fact = this.#inner(key, file, name)
      const isStable = readsBefore === this.unsettledReads || before === JSON.stringify([...this.#provisional.values()])
      if (!isStable && round < MAX_ROUNDS) continue
      for (const [known, value] of this.#provisional) this.#settled.set(known, value)
      return fact
    }
  }

  #inner(key: string, file: string, name: string): ExportFact | undefined {
    if (this.#computed.has(key)) {
      this.unsettledReads += 1
      return this.#provisional.get(key)
    }
    this.#computed.add(key)
    const readsBefore = this.unsettledReads
    const fact = this.#compute(file, name)
    if (readsBefore === this.unsettledReads) this.#settled.set(key, fact)
    else this.#provisional.set(key, fact)
    return fact
  }
}

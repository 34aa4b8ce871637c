/** What one measuring process is told to do. */
export type Task =
  | {
      readonly kind: 'cpu'
      readonly names: readonly string[]
      readonly rounds: number
      readonly blockMs: number
      readonly warmUpMs: number
    }
  | {
      readonly kind: 'heap'
      readonly names: readonly string[]
      readonly rounds: number
      readonly blockMs: number
      readonly warmUpMs: number
    }
  | {
      readonly kind: 'loopback'
      readonly rounds: number
      readonly blockMs: number
      readonly warmUpMs: number
      readonly url: string
    }

/** One figure a round, by case: nanoseconds of CPU, or bytes, per call. */
export type TaskResult = Readonly<Record<string, readonly number[]>>

export { readProblem, type UpstreamProblem } from './read-problem.ts'
export {
  problemAnswer,
  problemResponse,
  toProblem,
  type ProblemAnswer,
  type ProblemDocument,
  type ProblemOptions,
} from './to-problem.ts'

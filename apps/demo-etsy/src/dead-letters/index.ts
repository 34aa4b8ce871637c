export { JobLetters, type WaitingLetter } from './job-letters.ts'
export { letterFileOf } from './letter-file.ts'

export { examine } from './doctor.ts'
export { exitCodeOf, type Area, type Finding } from './findings.ts'

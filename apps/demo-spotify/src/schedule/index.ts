export { nextRun, noteMissedMonths, type NextRun } from './plan.ts'
export { Scheduler, type SchedulerOptions } from './scheduler.ts'

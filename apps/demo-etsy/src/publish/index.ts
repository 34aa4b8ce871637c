export { chooseProfile, profileChoices } from './choose-profile.ts'
export {
  previewPublish,
  type PublishPlan,
  publishPlanShape,
  type PublishState,
  type PublishStep,
  publishSteps,
} from './publish-plan.ts'
export { publishSaga, type PublishOptions } from './publish-saga.ts'
export { publishJob } from './publish-job.ts'

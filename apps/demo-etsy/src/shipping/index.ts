export { shipJob, shipmentShape, shipOrder } from './ship-order.ts'

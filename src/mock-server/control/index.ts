/** The control API: what a test in any language does with a running server. */
export type * from './answer-schemas.js';
export { ControlApi } from './control-api.js';
export { openApiDocument } from './openapi.js';
export type * from './request-schemas.js';
export { CONTROL_PATH } from './route.js';

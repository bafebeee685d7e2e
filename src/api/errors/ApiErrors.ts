import {
  BadRequest,
  HeadersTooLarge,
  InternalServerError,
  MethodNotAllowed,
  NotReady,
  PayloadTooLarge,
  RequestTimeout,
  RouteNotFound,
  ServiceUnavailable,
  TooManyRequests,
  Unauthorized,
  UnsupportedMediaType,
  ValidationFailed
} from "./CommonErrors.ts"
import { IdempotencyKeyInProgress, IdempotencyKeyReused } from "./IdempotencyErrors.ts"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "./ProjectErrors.ts"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "./TagErrors.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "./TaskErrors.ts"

/** Every problem there is, by status: a client need not expect another. */
export const apiErrors = [
  BadRequest,
  Unauthorized,
  RouteNotFound,
  TaskNotFound,
  ProjectNotFound,
  TagNotFound,
  MethodNotAllowed,
  RequestTimeout,
  TaskAlreadyExists,
  ProjectAlreadyExists,
  TagAlreadyExists,
  TagNameTaken,
  IdempotencyKeyInProgress,
  TaskVersionConflict,
  ProjectVersionConflict,
  TagVersionConflict,
  PayloadTooLarge,
  UnsupportedMediaType,
  ValidationFailed,
  IdempotencyKeyReused,
  TooManyRequests,
  HeadersTooLarge,
  InternalServerError,
  ServiceUnavailable,
  NotReady
] as const

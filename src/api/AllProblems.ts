import { IdempotencyKeyBusy, IdempotencyKeyReused } from "./IdempotencyProblems.ts"
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
} from "./Problems.ts"
import { ProjectChanged, ProjectExists, ProjectNotFound } from "./ProjectProblems.ts"
import { TagChanged, TagExists, TagNameTaken, TagNotFound } from "./TagProblems.ts"
import { TaskChanged, TaskExists, TaskNotFound } from "./TaskProblems.ts"

/** Every problem there is, by status: a client need not expect another. */
export const allProblems = [
  BadRequest,
  Unauthorized,
  RouteNotFound,
  TaskNotFound,
  ProjectNotFound,
  TagNotFound,
  MethodNotAllowed,
  RequestTimeout,
  TaskExists,
  ProjectExists,
  TagExists,
  TagNameTaken,
  IdempotencyKeyBusy,
  TaskChanged,
  ProjectChanged,
  TagChanged,
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

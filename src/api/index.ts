export { ExportRecord } from "../domain/AccountExport.ts"
export type { ListQuery } from "../domain/Pagination.ts"
export { Project, ProjectCreate, ProjectId, ProjectUpdate } from "../domain/Project.ts"
export { FieldError } from "../domain/SchemaErrors.ts"
export { Tag, TagCreate, TagId, TagUpdate } from "../domain/Tag.ts"
export {
  Task,
  TaskCreate,
  TaskId,
  TaskMove,
  TaskPriority,
  TaskStatus,
  TaskUpdate,
  TrashedTask
} from "../domain/Task.ts"
export { TaskBulk, TaskBulkResult, TaskOperation } from "../domain/TaskBulk.ts"
export { TaskQuery, TaskSort } from "../domain/TaskQuery.ts"
export { Timestamp } from "../domain/Timestamp.ts"
export { User, UserId } from "../domain/User.ts"
export { Version } from "../domain/Version.ts"
export { ExportApi, MeApi } from "./Account.ts"
export { Api, version } from "./Api.ts"
export { apiErrors } from "./errors/ApiErrors.ts"
export * from "./errors/CommonErrors.ts"
export * from "./errors/IdempotencyErrors.ts"
export * from "./errors/ResourceErrors.ts"
export { Health, HealthApi } from "./Health.ts"
export { Authorization, CurrentUser } from "./middleware/Authorization.ts"
export { IdempotencyKey } from "./middleware/Idempotency.ts"
export { ProjectsApi } from "./Projects.ts"
export { TagsApi } from "./Tags.ts"
export { TasksApi, TrashApi } from "./Tasks.ts"

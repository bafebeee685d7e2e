export { AccountRow } from "../domain/Account.ts"
export { PlainQuery } from "../domain/Page.ts"
export { Project, ProjectCreate, ProjectId, ProjectUpdate } from "../domain/Project.ts"
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
export { allProblems } from "./AllProblems.ts"
export { Api, version } from "./Api.ts"
export { Authorization, CurrentUser } from "./Authorization.ts"
export { ExportApi } from "./Export.ts"
export { Health, HealthApi } from "./Health.ts"
export { IdempotencyKey } from "./Idempotency.ts"
export * from "./IdempotencyProblems.ts"
export { MeApi } from "./Me.ts"
export * from "./Problems.ts"
export * from "./ProjectProblems.ts"
export { ProjectsApi } from "./Projects.ts"
export * from "./TagProblems.ts"
export { TagsApi } from "./Tags.ts"
export * from "./TaskProblems.ts"
export { TasksApi } from "./Tasks.ts"
export { TrashApi } from "./Trash.ts"

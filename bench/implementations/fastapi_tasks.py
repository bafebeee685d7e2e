"""FastAPI, SQLAlchemy's ORM on asyncpg, PyJWT. One worker of uvicorn."""

import base64
import json
import os
from datetime import datetime, timezone
from typing import List, Literal, Optional
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Extra, constr, root_validator
from sqlalchemy import Column, FetchedValue, Integer, Text, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID as PgUUID
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import column_property, declarative_base, sessionmaker

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://", 1),
    pool_size=10,
    max_overflow=0,
    pool_pre_ping=True,
    pool_recycle=3600,
)
new_session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Base = declarative_base()


class TagOfTask(Base):
    __tablename__ = "task_tag"
    user_id = Column(Text, primary_key=True)
    task_id = Column(PgUUID(as_uuid=True), primary_key=True)
    tag_id = Column(PgUUID(as_uuid=True), primary_key=True)


class TaskRow(Base):
    __tablename__ = "task"
    user_id = Column(Text, primary_key=True)
    id = Column(PgUUID(as_uuid=True), primary_key=True)
    title = Column(Text)
    description = Column(Text)
    status = Column(Text)
    priority = Column(Text)
    due = Column(JSONB)
    due_at = Column(TIMESTAMP(timezone=True))
    due_for = Column(TIMESTAMP(timezone=True))
    recurrence = Column(JSONB)
    project_id = Column(PgUUID(as_uuid=True))
    parent_id = Column(PgUUID(as_uuid=True))
    subtasks = Column(JSONB, server_default=FetchedValue())
    position = Column(Text, server_default=FetchedValue())
    completed_at = Column(TIMESTAMP(timezone=True))
    deleted_at = Column(TIMESTAMP(timezone=True))
    version = Column(Integer, server_default=FetchedValue())
    created_at = Column(TIMESTAMP(timezone=True), server_default=FetchedValue())
    updated_at = Column(TIMESTAMP(timezone=True), server_default=FetchedValue())


tag_ids = func.array(
    select(TagOfTask.tag_id)
    .where(TagOfTask.user_id == TaskRow.user_id, TagOfTask.task_id == TaskRow.id)
    .order_by(TagOfTask.tag_id)
    .correlate(TaskRow.__table__)
    .scalar_subquery(),
    type_=ARRAY(PgUUID(as_uuid=True)),
)
TaskRow.tag_ids = column_property(tag_ids)

Status = Literal["pending", "in_progress", "completed"]
Priority = Literal["none", "low", "medium", "high"]
Title = constr(strip_whitespace=True, min_length=1, max_length=200)


class TaskCreate(BaseModel, extra=Extra.forbid):
    title: Title
    description: Optional[constr(max_length=2000)] = None
    status: Status = "pending"
    priority: Priority = "none"
    due_at: Optional[datetime] = None
    project_id: Optional[UUID] = None


class TaskUpdate(BaseModel, extra=Extra.forbid):
    title: Optional[Title]
    description: Optional[constr(max_length=2000)]
    status: Optional[Status]
    priority: Optional[Priority]
    due_at: Optional[datetime]
    project_id: Optional[UUID]


def to_iso(instant: datetime) -> str:
    return instant.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_due(instant: Optional[datetime]) -> Optional[dict]:
    if instant is None:
        return None
    date, time = to_iso(instant)[:-1].split("T")
    time = time[:-4] if time.endswith(".000") else time
    return {"date": date, "time": time[:-3] if time.endswith(":00") and len(time) == 8 else time, "time_zone": "UTC"}


class Task(BaseModel):
    id: UUID
    title: str
    description: Optional[str]
    status: Status
    priority: Priority
    due: Optional[dict]
    due_at: Optional[datetime]
    recurrence: Optional[dict]
    project_id: Optional[UUID]
    parent_id: Optional[UUID]
    subtasks: dict
    tag_ids: List[UUID]
    position: str
    completed_at: Optional[datetime]
    version: int
    user_id: str
    created_at: datetime
    updated_at: datetime

    @root_validator
    def complete_due(cls, values):
        if values["due"] is None:
            values["due"] = to_due(values["due_at"])
        elif "time_zone" not in values["due"]:
            values["due_at"] = None
        return values

    class Config:
        orm_mode = True
        json_encoders = {datetime: to_iso}


secret = os.environ.get("BETTER_AUTH_SECRET")
published = None if secret else jwt.PyJWKClient(os.environ["JWKS_URL"]).get_signing_keys()[0].key


def current_user(credentials: Optional[HTTPAuthorizationCredentials] = Depends(HTTPBearer(auto_error=False))) -> str:
    try:
        claims = jwt.decode(
            credentials.credentials if credentials else "",
            secret or published,
            algorithms=["HS256" if secret else "EdDSA"],
            issuer=os.environ["JWT_ISSUER"],
            audience=os.environ["JWT_AUDIENCE"],
            options={"require": ["sub", "exp"]},
        )
    except jwt.PyJWTError:
        raise HTTPException(401, "Unauthorized", headers={"WWW-Authenticate": "Bearer"})
    return claims["sub"]


async def database():
    async with new_session() as session:
        yield session


app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=os.environ["ALLOWED_ORIGINS"].split(","),
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
    expose_headers=["ETag", "Link", "Location", "Retry-After", "X-Request-Id"],
)


@app.get("/health/live")
async def live():
    return {"status": "ok"}


async def find(session: AsyncSession, owner: str, task_id: UUID) -> TaskRow:
    found = await session.execute(
        select(TaskRow).where(TaskRow.user_id == owner, TaskRow.id == task_id, TaskRow.deleted_at.is_(None))
    )
    task = found.scalar_one_or_none()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


@app.get("/api/tasks/{task_id}", response_model=Task)
async def get_task(
    task_id: UUID,
    response: Response,
    owner: str = Depends(current_user),
    session: AsyncSession = Depends(database),
):
    task = await find(session, owner, task_id)
    response.headers["ETag"] = f'"{task.version}"'
    return task


@app.get("/api/tasks", response_model=List[Task])
async def list_tasks(
    request: Request,
    response: Response,
    limit: int = Query(50, ge=1, le=200),
    cursor: Optional[str] = None,
    status: Optional[List[Status]] = Query(None),
    priority: Optional[Priority] = None,
    q: Optional[str] = Query(None, max_length=200),
    owner: str = Depends(current_user),
    session: AsyncSession = Depends(database),
):
    statement = select(TaskRow).where(TaskRow.user_id == owner, TaskRow.deleted_at.is_(None))
    if status:
        statement = statement.where(TaskRow.status.in_(status))
    if priority:
        rank = ["none", "low", "medium", "high"].index(priority)
        statement = statement.where(text("priority_rank = :rank").bindparams(rank=rank))
    if q:
        matches = text("search @@ search_query(:owner, :q)")
        statement = statement.where(matches.bindparams(owner=owner, q=q))
    if cursor:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        created_at = datetime.fromisoformat(position["key"].replace("Z", "+00:00"))
        statement = statement.where(tuple_(TaskRow.created_at, TaskRow.id) < tuple_(created_at, UUID(position["id"])))
    statement = statement.order_by(TaskRow.created_at.desc(), TaskRow.id.desc()).limit(limit + 1)
    rows = (await session.execute(statement)).scalars().all()
    if len(rows) > limit:
        last = rows[limit - 1]
        position = json.dumps({"key": to_iso(last.created_at), "id": str(last.id)}).encode()
        next_page = request.url.include_query_params(cursor=base64.urlsafe_b64encode(position).decode().rstrip("="))
        response.headers["Link"] = f'<{next_page.path}?{next_page.query}>; rel="next"'
    return rows[:limit]


@app.post("/api/tasks", response_model=Task, status_code=201)
async def create_task(
    task: TaskCreate,
    response: Response,
    owner: str = Depends(current_user),
    session: AsyncSession = Depends(database),
):
    row = TaskRow(user_id=owner, id=uuid4(), due=to_due(task.due_at), due_for=task.due_at, **task.dict())
    row.completed_at = datetime.now(timezone.utc) if task.status == "completed" else None
    session.add(row)
    await session.commit()
    await session.refresh(row)
    response.headers["ETag"] = f'"{row.version}"'
    response.headers["Location"] = f"/api/tasks/{row.id}"
    return row


@app.patch("/api/tasks/{task_id}", response_model=Task)
async def update_task(
    task_id: UUID,
    change: TaskUpdate,
    response: Response,
    if_match: Optional[str] = Header(None),
    owner: str = Depends(current_user),
    session: AsyncSession = Depends(database),
):
    values = change.dict(exclude_unset=True)
    if "status" in values:
        is_completed = values["status"] == "completed"
        values["completed_at"] = func.coalesce(TaskRow.completed_at, func.now()) if is_completed else None
    statement = (
        update(TaskRow)
        .where(TaskRow.user_id == owner, TaskRow.id == task_id, TaskRow.deleted_at.is_(None))
        .values(**values, version=TaskRow.version + 1, updated_at=func.now())
        .returning(*TaskRow.__table__.c, tag_ids.label("tag_ids"))
        .execution_options(synchronize_session=False)
    )
    if if_match is not None:
        version = if_match.strip('"')
        statement = statement.where(TaskRow.version == (int(version) if version.isdecimal() else 0))
    task = (await session.execute(statement)).first()
    if task is None:
        await find(session, owner, task_id)
        raise HTTPException(412, "Precondition failed")
    await session.commit()
    response.headers["ETag"] = f'"{task.version}"'
    return task

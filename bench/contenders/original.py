"""The tutorial's service in its final form: what this project replaces, and what the budgets compare with."""
import os
from typing import Union

import redis
from fastapi import FastAPI
from pydantic import BaseModel
from redis.commands.json.path import Path


class User(BaseModel):
    name: str
    email: str
    age: int
    city: str
    height: float
    weight: float
    gender: Union[bool, None] = None


r = redis.Redis(
    host=os.environ.get("REDISHOST"),
    port=os.environ.get("REDISPORT"),
    password=os.environ.get("REDISPASS"),
)

r.json().set("user:1", Path.root_path(), {"name": "Paul John", "email": "paul.john@example.com", "age": 42, "city": "London"})
r.json().set("user:2", Path.root_path(), {"name": "Eden Zamir", "email": "eden.zamir@example.com", "age": 29, "city": "Tel Aviv"})
r.json().set("user:3", Path.root_path(), {"name": "Paul Zamir", "email": "paul.zamir@example.com", "age": 35, "city": "Tel Aviv"})

app = FastAPI()


@app.get("/users/{user_id}")
def read_user(user_id: int):
    return r.json().get("user:" + str(user_id))


@app.put("/users/{user_id}")
def update_user(user_id: int, user: User):
    return r.json().set(
        "user:" + str(user_id),
        Path.root_path(),
        {"name": user.name, "email": user.email, "age": user.age, "city": user.city, "height": user.height, "weight": user.weight, "gender": user.gender},
    )

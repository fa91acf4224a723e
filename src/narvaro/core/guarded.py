"""Tables with personal data: bound to one authority, and silent without an actor."""

from typing import Any, Self

from django.db import models

from narvaro.core.errors import NoActor
from narvaro.core.scope import current_actor, put_once


class GuardedQuerySet(models.QuerySet[Any]):
    """bulk_create goes past save(), so it has its own guard."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        objects = list(objs)
        for each in objects:
            _of_the_actors_authority(each)
        return super().bulk_create(objects, *args, **kwargs)


class GuardedManager(models.Manager.from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> GuardedQuerySet:
        return _of_the_authority(self.model, self._db)


@put_once
def _of_the_authority(model: type[models.Model], database: str | None) -> GuardedQuerySet:
    return GuardedQuerySet(model, using=database).filter(authority_id=current_actor().authority_id)


def _of_the_actors_authority(instance: Any) -> None:
    if instance.authority_id != current_actor().authority_id:
        raise NoActor("a row of another authority")


class Guarded(models.Model):
    """Every query is filtered to the actor's authority; without an actor it raises. Foreign keys are followed through
    the same filter."""

    authority = models.ForeignKey("register.Authority", on_delete=models.PROTECT, related_name="+")

    objects = GuardedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _of_the_actors_authority(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _of_the_actors_authority(self)
        return super().delete(*args, **kwargs)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """A new, unsaved row of the actor's authority."""
        return cls(authority_id=current_actor().authority_id, **values)

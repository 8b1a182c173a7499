"""Lease tables in Redis: a hash per tenant whose fields expire one by one, by Redis's own clock.

Key `lease:<table>:<tenant>`, field chosen by the holder, value `<until ms>|<payload>`.
The whole key expires with its last lease. Redis 7.0 has no expiry per field, hence the script.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.errors import Transient

REDIS_AWAY: Final = (RedisError, OSError, RuntimeError)
"""What the client raises when Redis is away. `RuntimeError` is uvloop's word for a connection that
was closed between two of the client's steps."""

_RENEW = """
local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], (now + ARGV[1]) .. '|' .. ARGV[i + 1])
end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 1
"""

_LIVE = """
local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)
local all = redis.call('HGETALL', KEYS[1]); local out = {}
for i = 1, #all, 2 do
  local bar = string.find(all[i + 1], '|', 1, true)
  if tonumber(string.sub(all[i + 1], 1, bar - 1)) > now then
    out[#out + 1] = all[i]; out[#out + 1] = string.sub(all[i + 1], bar + 1)
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return out
"""


def connect_redis(url: str) -> Redis:
    """Return a client that fails within a second instead of retrying on its own.

    redis-py retries three times by default, which makes a non-idempotent call happen twice.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=20,
        timeout=1,
        socket_timeout=1,
        socket_connect_timeout=1,
        health_check_interval=10,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis(connection_pool=pool)


class LeaseTable:
    """Leases of one kind, per tenant. Every call is one idempotent script.

    Raises:
        Transient: Redis did not answer within a second.
    """

    def __init__(self, redis: Redis, table: str) -> None:
        """Prepare the scripts. `table` is a name from `services.contracts.leases`."""
        self._table = table
        self._redis = redis
        self._renew = redis.register_script(_RENEW)
        self._live = redis.register_script(_LIVE)

    def _key(self, tenant: str) -> str:
        return f"lease:{self._table}:{tenant}"

    async def renew(self, tenant: str, leases: Mapping[str, str], ttl_s: float) -> None:
        """Assert leases in full for another `ttl_s` seconds."""
        if not leases:
            return
        args: list[str | int] = [int(ttl_s * 1000)]
        for field, payload in leases.items():
            args += [field, payload]
        try:
            await self._renew(keys=[self._key(tenant)], args=args)
        except REDIS_AWAY as error:
            raise Transient("redis") from error

    async def release(self, tenant: str, fields: Sequence[str]) -> None:
        """Give leases up before they end."""
        if not fields:
            return
        try:
            await self._redis.hdel(self._key(tenant), *fields)
        except REDIS_AWAY as error:
            raise Transient("redis") from error

    async def live(self, tenant: str) -> dict[str, str]:
        """Return the leases that have not run out: field to payload."""
        try:
            flat = cast("list[str]", await self._live(keys=[self._key(tenant)], args=[]))
        except REDIS_AWAY as error:
            raise Transient("redis") from error
        return dict(zip(flat[::2], flat[1::2], strict=True))

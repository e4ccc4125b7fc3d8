"""Two processes of the service over PostgreSQL and Redis, behind a balancer, and a world around."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from kazasu.demo.place import HOST
from tests.journeys.processes.balancer import Balancer
from tests.journeys.resilience.house import House, free_port, furnish
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until
from tests.redis_server import RedisServer

GRACE_SECONDS: Final = 1


@dataclass(slots=True, kw_only=True)
class Deployment:
    """`house` is reached through `balancer`; its own service is the first of `services`."""

    house: House
    balancer: Balancer
    redis: RedisServer
    ports: list[int]
    services: list[Process]

    async def serve(self, number: int) -> None:
        self.services[number].start()
        await self.ready(number)

    async def ready(self, number: int) -> None:
        service, base = self.services[number], f"http://{HOST}:{self.ports[number]}"
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:

            async def answers() -> bool:
                assert not service.ended, service.log.read_text(encoding="utf-8")
                try:
                    return (await http.get(f"{base}/readyz")).is_success
                except httpx2.TransportError:
                    return False

            await until(f"process {number} is ready", answers)

    async def roll(self, number: int) -> None:
        """Asked to stop, gone, started again, ready: as a deployment of a new version does it."""
        service = self.services[number]
        service.ask_to_stop()
        assert await asyncio.to_thread(service.exit_status) == 0
        await self.serve(number)

    async def counts(self) -> None:
        """Waits until tries are counted again by both, so that people may sign in."""
        for number, port in enumerate(self.ports):
            base = f"http://{HOST}:{port}"

            async def let_in(base: str = base) -> bool:
                async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
                    answer = await http.post(
                        f"{base}/operator/login",
                        data={"login": "nobody", "password": "nothing"},
                        headers={"Origin": self.house.base},
                    )
                return answer.status_code == httpx2.codes.UNAUTHORIZED

            await until(f"process {number} lets people in", let_in)

    def stop(self) -> None:
        for service in self.services[1:]:
            service.kill()
        self.house.stop()
        self.balancer.stop()


async def build(folder: Path, database: str, redis: RedisServer) -> Deployment:
    ports = [free_port(), free_port()]
    balancer = Balancer(ports)
    balancer.start()
    house = await furnish(folder, database, f"http://{HOST}:{balancer.port}")
    shared = {
        "REDIS_URL": redis.url,
        "KAZASU_REDIS_TIMEOUT_MS": "5000",  # a busy computer is no Redis that is away
        "KAZASU_STOP_GRACE_SECONDS": str(GRACE_SECONDS),
    }
    services = [
        Process(
            folder / f"service-{number}.log",
            "kazasu.cli.main",
            ("serve",),
            house.variables | shared | {"KAZASU_LISTEN_PORT": str(port)},
        )
        for number, port in enumerate(ports)
    ]
    house.service = services[0]
    made = Deployment(house=house, balancer=balancer, redis=redis, ports=ports, services=services)
    for service in services:
        service.start()
    for number in range(len(ports)):
        await made.ready(number)
    return made

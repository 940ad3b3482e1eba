"""Recordings and their waveforms over HTTP: ranges, what is kept, and who may have them."""

import struct
import wave
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from db.records import Recording, RecordingId
from db.store import tickets as store
from qa_app.intake.waveforms import Waveform
from qa_app.workflows.context import Installation
from tests.qa_app.ui.test_guard import client_of, enter
from tests.qa_app.workflows.house import BO, CONVERSATIONS, NINA, SAM, T1, House


def loud_then_quiet() -> bytes:
    """One second at a quarter of full scale, one of silence: 8,000 samples a second, mono."""
    return struct.pack("<16000h", *[8192] * 8000, *[0] * 8000)


def keep(house: House, content: bytes) -> Path:
    """Give the first ticket a recording of this content, as an import would."""
    digest = sha256(content).hexdigest()
    sound = Recording(RecordingId("rec1"), T1.id, digest, "audio/wav", len(content), "call.wav", 2.0)
    path = house.recordings_dir / digest[:2] / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with house.store.write() as tx:
        changed = replace(CONVERSATIONS[0], ticket=replace(T1, version=2), recordings=(sound,))
        store.replace_conversations(tx, [changed])
    return path


@pytest.fixture
def recorded(house: House, tmp_path: Path) -> Path:
    source = tmp_path / "call.wav"
    with wave.open(str(source), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(loud_then_quiet())
    return keep(house, source.read_bytes())


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    with client_of(installation) as client:
        yield client


def test_any_stretch_of_a_recording_can_be_had_at_once(
    client: TestClient, installation: Installation, recorded: Path
) -> None:
    enter(client, installation, BO)
    content = recorded.read_bytes()
    answer = client.get("/audio/rec1", headers={"range": "bytes=16000-16009"})
    assert (answer.status_code, answer.content) == (206, content[16000:16010])
    assert answer.headers["content-range"] == f"bytes 16000-16009/{len(content)}"
    assert answer.headers["content-type"] == "audio/wav"
    whole = client.get("/audio/rec1")
    assert (whole.status_code, whole.headers["accept-ranges"], whole.content) == (200, "bytes", content)
    beyond = client.get("/audio/rec1", headers={"range": "bytes=900000-"})
    assert beyond.status_code == 416


def test_waveform_is_drawn_once_and_kept_beside_the_recording(
    client: TestClient, installation: Installation, recorded: Path
) -> None:
    enter(client, installation, BO)
    kept = recorded.with_name(f"{recorded.name}.waveform")
    # 255 times the root of 8192 / 32767, fifty times a second
    packed = Waveform((bytes([128] * 50 + [0] * 50),)).pack()
    assert not kept.exists()
    first = client.get("/audio/rec1/waveform")
    assert (first.status_code, first.content) == (200, packed)
    assert kept.read_bytes() == packed
    other = Waveform((bytes([7]),)).pack()
    kept.write_bytes(other)
    assert client.get("/audio/rec1/waveform").content == other  # kept ones are not drawn again
    kept.write_bytes(packed[:-1])
    assert client.get("/audio/rec1/waveform").content == packed  # broken ones are


@pytest.mark.parametrize("address", ["/audio/rec1", "/audio/rec1/waveform"])
def test_nobody_else_gets_recording_or_waveform(
    client: TestClient, installation: Installation, house: House, recorded: Path, address: str
) -> None:
    assert client.get(address).status_code == 401
    for person in (SAM, NINA):
        enter(client, installation, person)
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (404, "There is no such file, or none for you.")
    house.release(house.grade(BO, T1))
    assert client.get(address).status_code == 200  # Nina, whose ticket it is, once the review is released


@pytest.mark.parametrize("address", ["/audio/rec1", "/audio/rec1/waveform"])
def test_what_a_browser_keeps_belongs_to_one_sign_in(
    client: TestClient, installation: Installation, recorded: Path, address: str
) -> None:
    enter(client, installation, BO)
    headers = client.get(address).headers
    assert (headers["cache-control"], headers["vary"]) == ("private, max-age=600", "Cookie")


def test_recording_that_cannot_be_decoded_has_no_waveform(
    client: TestClient, installation: Installation, house: House
) -> None:
    path = keep(house, b"RIFF????WAVE and nothing that sounds")
    enter(client, installation, BO)
    answer = client.get("/audio/rec1/waveform")
    assert answer.status_code == 409
    assert answer.text == "Nothing of this recording can be decoded, so there is no waveform."
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    path.unlink()
    assert client.get("/audio/rec1/waveform").status_code == 404

// What can be told from a recording's levels and from the times of its transcript. No page, no player.

export const LEAST_SILENCE = 2; // seconds without a voice that count as silence; shorter ones are pauses for breath
const BREATH = 0.35; // a voice goes on over gaps up to this
const CLICK = 0.12; // and what is shorter than this is none
const ALIKE = 2; // mean difference of levels up to which two channels are the same sound twice

// The packed waveform as the server sends it (qa_app/intake/waveforms.py), or null.
export function readLevels(buffer) {
  if (buffer.byteLength < 12) return null;
  const head = new DataView(buffer);
  const [channels, perSecond, count] = [head.getUint8(4), head.getUint16(6, true), head.getUint32(8, true)];
  if (head.getUint32(0) !== 0x504c5731 || buffer.byteLength !== 12 + channels * count) return null;
  const levels = Array.from({ length: channels }, (_, channel) => new Uint8Array(buffer, 12 + channel * count, count));
  return { perSecond, channels: levels };
}

// The recordings of a ticket one after the other: seconds count on from each to the next.
export function layOut(recordings, waves) {
  let from = 0;
  return recordings.map((recording, place) => {
    const wave = waves[place] ?? null;
    const seconds = recording.seconds ?? (wave ? wave.channels[0].length / wave.perSecond : 0);
    const part = { ...recording, place, wave, from, seconds };
    from += seconds;
    return part;
  });
}

// Stretches [from, to] in seconds where a channel has a voice. Levels are told from the channel's own quiet: a
// telephone line hisses, and a digital one does not.
export function findVoice({ levels, perSecond }) {
  const sorted = Uint8Array.from(levels).sort();
  const [quiet, loud] = [0.1, 0.99].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const threshold = Math.max(12, quiet + 0.25 * (loud - quiet));
  const voiced = [];
  let since = -1;
  for (let at = 0; at <= levels.length; at++) {
    const on = at < levels.length && levels[at] > threshold;
    if (on && since < 0) since = at;
    if (!on && since >= 0) {
      voiced.push([since / perSecond, at / perSecond]);
      since = -1;
    }
  }
  return join(voiced, BREATH).filter(([from, to]) => to - from >= CLICK);
}

// Stretches in order, those that overlap or lie closer than `gap` made one.
export function join(stretches, gap = 0) {
  const joined = [];
  for (const [from, to] of [...stretches].sort(([one], [two]) => one - two)) {
    const last = joined.at(-1);
    if (last && from - last[1] <= gap) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

export function between(stretches, seconds) {
  const edges = [0, ...join(stretches).flat(), seconds];
  return Array.from({ length: edges.length / 2 }, (_, place) => [edges[2 * place], edges[2 * place + 1]])
    .filter(([from, to]) => to - from >= LEAST_SILENCE);
}

export const total = (stretches) => stretches.reduce((sum, [from, to]) => sum + to - from, 0);

// Seconds that two voices have at the same time.
export const overlap = (one, two) => total(join(one)) + total(join(two)) - total(join([...one, ...two]));

const shift = (stretches, seconds) => stretches.map(([from, to]) => [from + seconds, to + seconds]);

// Voices by side as the transcript times them; null where turns have no end or only one side speaks.
export function findTurns(messages) {
  const spoken = messages.filter((message) => message.start !== undefined && message.role !== "system");
  if (spoken.length === 0 || spoken.some((message) => message.end === undefined)) return null;
  const side = (ours) => join(spoken.filter(ours).map(({ start, end }) => [start, end]));
  const turns = { agent: side(({ role }) => role !== "customer"), customer: side(({ role }) => role === "customer") };
  return turns.agent.length > 0 && turns.customer.length > 0 ? turns : null;
}

// The turns, if there are some in every part: what was not transcribed is not silent.
function turnsOver(parts, messages) {
  const turns = findTurns(messages);
  const spoken = turns && [...turns.agent, ...turns.customer];
  const within = (part) => spoken?.some(([from, to]) => from < part.from + part.seconds && to > part.from);
  return parts.every(within) ? turns : null;
}

function isTwice({ channels: [left, right] }) {
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference += Math.abs(left[at] - right[at]);
  return difference <= ALIKE * left.length;
}

// Voices of channel after channel over all parts; null unless every part has exactly two that differ.
function findTracks(parts) {
  if (!parts.every(({ wave }) => wave?.channels.length === 2 && !isTwice(wave))) return null;
  return [0, 1].map((channel) => parts.flatMap(({ wave, from }) =>
    shift(findVoice({ levels: wave.channels[channel], perSecond: wave.perSecond }), from)));
}

// Who speaks on which channel: as the import says, or by whose turns each channel is loud in.
function nameTracks(tracks, voices, turns) {
  if (voices.length === 2) return voices;
  if (!turns) return ["left", "right"];
  const [left, right] = tracks.map((track) => overlap(track, turns.agent) - overlap(track, turns.customer));
  if (left > 0 && right < 0) return ["agent", "customer"];
  return left < 0 && right > 0 ? ["customer", "agent"] : ["left", "right"];
}

// Talk share, silence and overtalk, and what they were measured on; null where nothing can be measured.
export function findFacts(parts, messages) {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const turns = turnsOver(parts, messages);
  const tracks = findTracks(parts);
  if (tracks) {
    const voices = parts.find((part) => part.voices.length === 2)?.voices ?? [];
    return wordless("the two channels", nameTracks(tracks, voices, turns), tracks, seconds);
  }
  if (turns) return wordless("the transcript's times", ["agent", "customer"], [turns.agent, turns.customer], seconds);
  const heard = findHeard(parts);
  return heard && wordless("the recording", [], [heard], seconds);
}

function wordless(source, names, tracks, seconds) {
  const talk = total(tracks.flat());
  const silences = between(tracks.flat(), seconds);
  return {
    source,
    names,
    shares: names.map((_, place) => (talk > 0 ? total(tracks[place]) / talk : 0)),
    silence: total(silences),
    longest: Math.max(0, ...silences.map(([from, to]) => to - from)),
    overtalk: names.length === 2 ? overlap(...tracks) : null,
    seconds,
  };
}

// Where anybody is heard, from the sound itself; null until every part's waveform is there.
function findHeard(parts) {
  if (!parts.every(({ wave }) => wave)) return null;
  return join(parts.flatMap(({ wave, from }) => wave.channels.flatMap((levels) =>
    shift(findVoice({ levels, perSecond: wave.perSecond }), from))));
}

// Silence to pass over: told from the sound; without it, the gaps of the transcript.
export function findSilences(parts, messages) {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const turns = turnsOver(parts, messages);
  const heard = findHeard(parts) ?? (turns && [...turns.agent, ...turns.customer]);
  return heard ? between(heard, seconds) : [];
}

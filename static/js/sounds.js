// Three clearly different tones, made on the spot so nothing is loaded: good
// rises, stop is low, rough and threefold, duplicate is one soft note. The worst
// of a batch is heard once; fifty lines are not fifty sounds.
const tones = {
  good: { wave: "sine", notes: [[880, 0, 0.09], [1319, 0.1, 0.16]], shake: [60] },
  duplicate: { wave: "triangle", notes: [[523, 0, 0.22]], shake: [30, 60, 30] },
  stop: { wave: "square", notes: [[196, 0, 0.18], [196, 0.26, 0.18], [156, 0.52, 0.34]], shake: [200, 100, 200, 100, 300] },
};
const worst = ["stop", "duplicate", "good"];

let context;

export function start() {
  context ??= new AudioContext();
  document.addEventListener("htmx:after:swap", () => {
    const fresh = [...document.querySelectorAll("[data-sound]:not([data-sounded])")];
    for (const element of fresh) element.dataset.sounded = "";
    const kind = worst.find((name) => fresh.some((element) => element.dataset.sound === name));
    if (kind) play(kind);
  });
}

export function play(kind) {
  const tone = tones[kind];
  if (!tone || !context || document.documentElement.dataset.sounds === "off") return;
  context.resume();
  for (const [pitch, at, length] of tone.notes) {
    const from = context.currentTime + at;
    const note = new OscillatorNode(context, { type: tone.wave, frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.22, from + 0.01);
    volume.gain.setValueAtTime(0.22, from + length - 0.03);
    volume.gain.linearRampToValueAtTime(0, from + length);
    note.connect(volume).connect(context.destination);
    note.start(from);
    note.stop(from + length);
  }
  navigator.vibrate?.(tone.shake);
}

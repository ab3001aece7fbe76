// stayAwake keeps the screen on while somebody scans, where the browser can, and
// returns what ends that. The browser lets go of it whenever the page is out of
// sight; it is asked for again when the page is back.
export function stayAwake() {
  let lock = null, wanted = true;
  const ask = async () => {
    if (!wanted || document.hidden) return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (!wanted) lock?.release();
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}

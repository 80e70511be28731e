const KEY = "parley.device";

/**
 * What this browser is called at the server: the same for as long as `storage`
 * lasts, and so that its owner recognizes it in a list.
 */
export function ownDevice(storage: Storage): string {
  const known = storage.getItem(KEY);
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  const mark = [...bytes].map((x) => x.toString(16).padStart(2, "0")).join("");
  const { userAgent } = navigator;
  const device = `${browserOf(userAgent)}-${systemOf(userAgent)}-${mark}`;
  storage.setItem(KEY, device);
  return device;
}

/** "Chrome on Linux"; of other programs, what they call themselves. */
export function deviceName(device: string): string {
  const found = /^([A-Za-z]+)-([A-Za-z]+)-[0-9a-f]{8}$/.exec(device);
  return found ? `${found[1]} on ${found[2]}` : device;
}

function browserOf(userAgent: string): string {
  // Each calls itself by the names of those before it, too.
  if (/Firefox/.test(userAgent)) return "Firefox";
  if (/Edg/.test(userAgent)) return "Edge";
  if (/OPR/.test(userAgent)) return "Opera";
  if (/Chrome|CriOS/.test(userAgent)) return "Chrome";
  return /Safari/.test(userAgent) ? "Safari" : "Browser";
}

function systemOf(userAgent: string): string {
  if (/Android/.test(userAgent)) return "Android";
  if (/iPhone|iPad/.test(userAgent)) return "iOS";
  if (/Windows/.test(userAgent)) return "Windows";
  if (/Mac OS/.test(userAgent)) return "macOS";
  return /Linux/.test(userAgent) ? "Linux" : "unknown";
}

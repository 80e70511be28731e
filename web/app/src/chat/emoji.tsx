import { useEffect, useRef } from "preact/hooks";

/** Those that people use, with what a screen reader says of them. */
const EMOJI = `👍 thumbs up|❤️ heart|😂 tears of joy|🎉 party|😮 surprised|😢 crying
🙏 folded hands|👀 eyes|✅ done|❌ cross|🔥 fire|💯 hundred|👏 clapping|🙌 raised hands|💪 strong|🤝 handshake
😀 grinning|😄 laughing|😅 relieved laugh|🤣 rolling laughing|🙂 smile|😉 wink|😊 blushing|😍 heart eyes
😘 kiss|😎 cool|🤓 nerd|🤔 thinking|🤨 doubtful|😐 neutral|🙄 rolling eyes|😏 smirk
😴 sleeping|😷 mask|🤒 ill|🤯 mind blown|🥳 celebrating|😇 angel|🤗 hug|🤫 quiet
😬 grimace|😱 scream|😡 angry|😭 sobbing|😞 sad|😕 confused|🥲 smiling with tear|💀 skull
👋 wave|👌 okay|✌️ victory|🤞 fingers crossed|👎 thumbs down|✍️ writing|🤷 shrug|🤦 facepalm
🚀 rocket|⭐ star|💡 idea|⚡ lightning|🎯 target|🏆 trophy|🎂 cake|☕ coffee
🍕 pizza|🍺 beer|🌈 rainbow|☀️ sun|🌙 moon|❄️ snow|🐛 bug|🐢 turtle
📌 pin|📎 paperclip|📅 calendar|⏰ alarm|🔒 lock|🔧 wrench|📈 rising|📉 falling`
  .split(/[|\n]/)
  .map((entry) => {
    const [char = "", ...name] = entry.split(" ");
    return { char, name: name.join(" ") };
  });

const COLUMNS = 8;
const GAP_PX = 8;

/** A grid to choose from, by pointer or arrow keys; near what opened it. */
export function EmojiPicker({
  onPick,
  onClose,
}: {
  onPick(emoji: string): void;
  onClose(): void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const grid = ref.current!;
    grid.showPopover();
    place(grid, grid.parentElement!.getBoundingClientRect());
    (grid.firstElementChild as HTMLElement).focus({ preventScroll: true });
    const outside = (event: Event) => {
      if (!grid.contains(event.target as Node)) onClose();
    };
    addEventListener("pointerdown", outside, true);
    return () => removeEventListener("pointerdown", outside, true);
  }, []);
  return (
    <div
      ref={ref}
      class="emoji-picker"
      popover="manual"
      role="group"
      aria-label="Choose an emoji"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (!moveIn(ref.current!, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {EMOJI.map(({ char, name }, i) => (
        <button
          type="button"
          key={char}
          tabIndex={i === 0 ? 0 : -1}
          aria-label={name}
          title={name}
          onClick={() => onPick(char)}
        >
          {char}
        </button>
      ))}
    </div>
  );
}

/** Above or below, wherever there is room. */
function place(grid: HTMLElement, near: DOMRect): void {
  const { width, height } = grid.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = near.bottom + GAP_PX;
  const fits = below + height + GAP_PX < clientHeight;
  const top = fits ? below : Math.max(GAP_PX, near.top - height - GAP_PX);
  const most = clientWidth - width - GAP_PX;
  const left = Math.min(Math.max(GAP_PX, near.right - width), most);
  Object.assign(grid.style, { top: `${top}px`, left: `${left}px` });
}

/** @returns whether this key moves. */
function moveIn(grid: HTMLElement, key: string): boolean {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -COLUMNS,
    ArrowDown: COLUMNS,
    Home: -EMOJI.length,
    End: EMOJI.length,
  };
  const step = steps[key];
  if (step === undefined) return false;
  const all = [...grid.children] as HTMLElement[];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = Math.min(Math.max(at + step, 0), all.length - 1);
  all[to]?.focus();
  return true;
}

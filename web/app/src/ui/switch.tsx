import { useId, useState } from "preact/hooks";

/** Something that is on or off; shown as it is wanted while it changes. */
export function Switch({
  label,
  on,
  change,
}: {
  label: string;
  on: boolean;
  change(wanted: boolean): Promise<void>;
}) {
  const id = useId();
  const [wanted, setWanted] = useState<boolean>();
  return (
    <label class="switch" for={id}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={wanted ?? on}
        onChange={({ currentTarget: { checked } }) => {
          setWanted(checked);
          void change(checked).finally(() => setWanted(undefined));
        }}
      />
      <span>{label}</span>
    </label>
  );
}

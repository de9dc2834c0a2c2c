// Whose history it is, in little room: of each deployment key and id are bytes, and one at a time is made an object. Names of models and
// providers are few, and all who have the same three share them.

import { keyHashOf, type Subject } from "./entries.ts";

type Names = Pick<Subject, "model_name" | "model" | "provider">;

/** A list that cannot be changed, by place. */
export class Subjects {
  readonly #names: Names[] = [];
  readonly #namesOf: Uint32Array;
  /** Where key and id end, two of each place. */
  readonly #ends: Uint32Array;
  readonly #text: Buffer;
  /** Of the key. */
  readonly #hashes: Int32Array;

  constructor(subjects: readonly Subject[]) {
    const { length } = subjects;
    const known = new Map<string, number>();
    const bytes = ({ key, model_id }: Subject) =>
      Buffer.byteLength(key) + Buffer.byteLength(model_id);
    this.#namesOf = new Uint32Array(length);
    this.#ends = new Uint32Array(2 * length);
    this.#hashes = new Int32Array(length);
    this.#text = Buffer.alloc(subjects.reduce((sum, one) => sum + bytes(one), 0));
    let end = 0;
    for (const [place, { key, model_id, model_name, model, provider }] of subjects.entries()) {
      const three = JSON.stringify([model_name, model, provider]);
      const index = known.get(three) ?? known.size;
      if (index === known.size) {
        known.set(three, index);
        this.#names.push({ model_name, model, provider });
      }
      this.#namesOf[place] = index;
      this.#hashes[place] = keyHashOf(key);
      end += this.#text.write(key, end);
      this.#ends[2 * place] = end;
      end += this.#text.write(model_id, end);
      this.#ends[2 * place + 1] = end;
    }
  }

  get length(): number {
    return this.#namesOf.length;
  }

  at(place: number): Subject {
    const { model_name, model, provider } = this.#names[this.#namesOf[place] ?? 0] as Names;
    const [key, model_id] = [this.#textOf(2 * place), this.#textOf(2 * place + 1)];
    return { key, model_id, model_name, model, provider };
  }

  keyAt(place: number): string {
    return this.#textOf(2 * place);
  }

  /** Where the one with this key stands; null when it is none of these. */
  placeOf(key: string): number | null {
    const hash = keyHashOf(key);
    for (let place = this.#hashes.indexOf(hash); place >= 0; ) {
      if (this.keyAt(place) === key) return place;
      place = this.#hashes.indexOf(hash, place + 1);
    }
    return null;
  }

  /** All keys; made when it is needed and gone again. */
  placesByKey(): Map<string, number> {
    return new Map(Array.from({ length: this.length }, (_, place) => [this.keyAt(place), place]));
  }

  /** Texts count from 0, two of each place. */
  #textOf(index: number): string {
    return this.#text.toString("utf8", this.#ends[index - 1] ?? 0, this.#ends[index]);
  }
}

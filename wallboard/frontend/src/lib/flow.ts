/** How groups of tiles fill a box: row after row, each group's name above its first tile. Pure. */

/** A part of one row that belongs to one group. */
export interface Run {
  readonly group: number;
  readonly row: number;
  /** Columns, the second one not included. */
  readonly from: number;
  readonly to: number;
  /** The group begins here: its name is written above. */
  readonly first: boolean;
}

export interface Flow {
  readonly columns: number;
  readonly rows: number;
  /** For each row whether a group's name stands above it. */
  readonly named: readonly boolean[];
  readonly runs: readonly Run[];
}

/** Pixels. */
export interface Space {
  readonly width: number;
  readonly height: number;
  /** Above a row in which a group begins, and above any other row. */
  readonly name: number;
  readonly gap: number;
  /** The largest tile; a few tiles do not fill the space. */
  readonly widest: number;
  readonly tallest: number;
}

const TILE_ASPECT = 1.2;

/** Tiles of `sizes` groups, one after the other in `columns` columns. */
export function arrange(sizes: readonly number[], columns: number): Flow {
  const runs: Run[] = [];
  let cell = 0;
  for (const [group, size] of sizes.entries()) {
    const end = cell + size;
    for (let first = true; cell < end; first = false) {
      const row = Math.floor(cell / columns);
      const from = cell % columns;
      const to = Math.min(columns, from + end - cell);
      runs.push({ group, row, from, to, first });
      cell += to - from;
    }
  }
  const rows = Math.max(1, Math.ceil(cell / columns));
  const named = Array.from({ length: rows }, (_, row) => runs.some((run) => run.row === row && run.first));
  return { columns, rows, named, runs };
}

/** Pixels of each tile, so that all rows and columns have their place. */
export function tileSize({ columns, rows, named }: Flow, space: Space): { width: number; height: number } {
  const above = named.reduce((sum, isNamed) => sum + (isNamed ? space.name : space.gap), 0);
  return {
    width: Math.min(space.widest, (space.width - (columns - 1) * space.gap) / columns),
    height: Math.min(space.tallest, (space.height - above) / rows),
  };
}

/** The columns in which tiles have a pleasing shape and leave little of the space empty. */
export function flow(sizes: readonly number[], space: Space): Flow {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  let best = arrange(sizes, 1);
  let least = Infinity;
  if (space.width <= 0 || space.height <= 0) return best;
  for (let columns = 1; columns <= count; columns += 1) {
    const tried = arrange(sizes, columns);
    const { width, height } = tileSize(tried, space);
    if (width <= 0 || height <= 0) continue;
    const empty = (columns * tried.rows - count) / count;
    const cost = Math.abs(Math.log(width / height / TILE_ASPECT)) + 1.5 * empty;
    if (cost < least) [best, least] = [tried, cost];
  }
  return best;
}

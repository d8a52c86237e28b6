/* Of a picture, at most 256 colours: median cut. Returns {width, height, palette, indices}, both base64. */
async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const colours = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  const channel = (colour, which) => (colour >> (16 - 8 * which)) & 255;
  const boxOf = (members) => {
    let wide = 0;
    let along = 0;
    for (let which = 0; which < 3; which += 1) {
      let low = 255;
      let high = 0;
      for (const [colour] of members) {
        low = Math.min(low, channel(colour, which));
        high = Math.max(high, channel(colour, which));
      }
      if (high - low > wide) [wide, along] = [high - low, which];
    }
    const weight = members.reduce((sum, [, count]) => sum + Math.sqrt(count), 0);
    return { members, along, cost: members.length > 1 ? wide * wide * Math.sqrt(weight) : 0 };
  };
  // A colour that fills much of the picture stays exactly what it is.
  const entries = [...colours.entries()].sort((a, b) => b[1] - a[1]);
  const exact = entries.slice(0, 64);
  let boxes = entries.length > 64 ? [boxOf(entries.slice(64))] : [];
  while (boxes.length > 0 && boxes.length < 256 - exact.length) {
    let worst = 0;
    for (let at = 1; at < boxes.length; at += 1) if (boxes[at].cost > boxes[worst].cost) worst = at;
    const { members, along, cost } = boxes[worst];
    if (cost === 0) break;
    members.sort((a, b) => channel(a[0], along) - channel(b[0], along));
    const half = members.reduce((sum, [, count]) => sum + Math.sqrt(count), 0) / 2;
    let cut = 0;
    for (let sum = 0; cut < members.length - 1 && (cut === 0 || sum < half); cut += 1)
      sum += Math.sqrt(members[cut][1]);
    boxes.splice(worst, 1, boxOf(members.slice(0, cut)), boxOf(members.slice(cut)));
  }
  const palette = exact.map(([colour]) => colour);
  const place = new Map(palette.map((colour, index) => [colour, index]));
  for (const { members } of boxes) {
    const total = members.reduce((sum, [, count]) => sum + count, 0);
    const mean = [0, 1, 2].map((which) =>
      Math.round(members.reduce((sum, [colour, count]) => sum + channel(colour, which) * count, 0) / total),
    );
    for (const [colour] of members) place.set(colour, palette.length);
    palette.push((mean[0] << 16) | (mean[1] << 8) | mean[2]);
  }
  const indices = new Uint8Array(width * height);
  for (let at = 0; at < indices.length; at += 1)
    indices[at] = place.get((data[4 * at] << 16) | (data[4 * at + 1] << 8) | data[4 * at + 2]);
  const text = (bytes) => {
    let found = '';
    for (let at = 0; at < bytes.length; at += 32768)
      found += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(found);
  };
  const flat = Uint8Array.from(palette.flatMap((colour) => [0, 1, 2].map((which) => channel(colour, which))));
  return { width, height, palette: text(flat), indices: text(indices) };
}

// The fine line pattern of the identity card: curves of a turning wheel, drawn by arithmetic.

const TURN = Math.PI * 2;

function rosette(radius, petals, depth, steps) {
  const points = [];
  for (let step = 0; step <= steps; step += 1) {
    const angle = (step / steps) * TURN;
    const reach = radius + depth * Math.sin(petals * angle);
    points.push(`${(reach * Math.cos(angle)).toFixed(1)} ${(reach * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join("L")}Z`;
}

function waves(width, height, lines) {
  const paths = [];
  for (let line = 0; line < lines; line += 1) {
    const points = [];
    for (let x = 0; x <= width; x += 8) {
      const y = height / 2 + Math.sin(x / 46 + line * 0.34) * (26 + line * 3.2) * Math.cos(x / 190 - line * 0.05);
      points.push(`${x} ${y.toFixed(1)}`);
    }
    paths.push(`M${points.join("L")}`);
  }
  return paths.join("");
}

/** An SVG picture as a data address; white lines, to lie on the card's colour. */
function pattern() {
  const rings = [0, 1, 2, 3, 4, 5].map((ring) => rosette(118 - ring * 15, 18 - ring, 14 - ring, 220)).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 690 400" preserveAspectRatio="xMidYMid slice" fill="none" stroke="#fff"><path d="${waves(690, 400, 16)}" stroke-opacity=".10"/><g transform="translate(590 96)"><path d="${rings}" stroke-opacity=".17"/></g></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

module.exports = { pattern };

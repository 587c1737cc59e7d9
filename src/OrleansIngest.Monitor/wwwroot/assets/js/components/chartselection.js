// A range of time that is selected on a chart: dragged with the mouse, or with Shift and the arrow keys and then Enter.

const smallest = 8; // px: less is a click

/** `zoom(from, to)` is called with seconds. */
export function selection(zoom) {
  let anchor = null;

  function take(plot, from, to) {
    anchor = null;
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    if (to - from >= 1) zoom(from, to);
  }

  return {
    /** uPlot's hook: the mouse button was released. */
    taken(plot) {
      const { left, width } = plot.select;
      if (width >= smallest) take(plot, plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    },
    /** The cursor is moved with Shift held. */
    extend(plot, from, to) {
      anchor ??= from;
      const a = plot.valToPos(Math.min(anchor, to), "x");
      const b = plot.valToPos(Math.max(anchor, to), "x");
      plot.setSelect({ left: a, width: b - a, top: 0, height: plot.over.clientHeight }, false);
    },
    /** Whether the key was for the selection. */
    key(plot, event) {
      if (anchor === null) return false;
      if (event.key === "Enter") {
        event.preventDefault();
        take(plot, plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
        return true;
      }
      if (event.key === "Escape" || (!event.shiftKey && event.key.startsWith("Arrow"))) {
        anchor = null;
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        return event.key === "Escape";
      }
      return false;
    },
  };
}

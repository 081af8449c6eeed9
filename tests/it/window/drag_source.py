"""Another program that files can be dragged out of: a small window above all others at the lower right
of the screen. Its arguments are the files' addresses (file:///...)."""

import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

window = Gtk.Window(title="drag source")
window.set_default_size(160, 90)
window.set_keep_above(True)
handle = Gtk.EventBox()
handle.add(Gtk.Label(label="files"))
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
handle.drag_source_add_uri_targets()
handle.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(sys.argv[1:]))
window.add(handle)
window.move(1480, 960)
window.show_all()
Gtk.main()

#include "gui/gui.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>

/* EWMH: a client message to the root window asks the window manager for _NET_WM_STATE_ABOVE. */
void weir_above_keep(GtkWindow *window)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));
    if (!GDK_IS_X11_SURFACE(surface))
        return;
    GdkDisplay *display = gdk_surface_get_display(surface);
    Display *server = gdk_x11_display_get_xdisplay(display);
    XEvent event = {0};
    event.xclient.type = ClientMessage;
    event.xclient.window = gdk_x11_surface_get_xid(surface);
    event.xclient.message_type = gdk_x11_get_xatom_by_name_for_display(display, "_NET_WM_STATE");
    event.xclient.format = 32;
    event.xclient.data.l[0] = 1; /* add */
    event.xclient.data.l[1] =
        (long)gdk_x11_get_xatom_by_name_for_display(display, "_NET_WM_STATE_ABOVE");
    event.xclient.data.l[3] = 1; /* from an application */
    (void)XSendEvent(server, gdk_x11_display_get_xrootwindow(display), False,
                     SubstructureRedirectMask | SubstructureNotifyMask, &event); /* best effort */
}
#else
void weir_above_keep(GtkWindow *window)
{
    (void)window;
}
#endif

"""Refuses every use of a network in the process that imports this, and in all that it starts.

The tests put it where Python imports it at its start. It uses nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import sys

_NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_USES = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_INTERNET = (int(socket.AF_INET), int(socket.AF_INET6))

_SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
"""The number of the system call that makes a socket."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER_MODE = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_CALL_OFFSET, _FIRST_ARGUMENT_OFFSET = 0, 16
_KILL, _ALLOW = 0x80000000, 0x7FFF0000


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    is_new = event == "socket.__new__" and arguments[1] in _INTERNET
    is_use = event in _USES and getattr(arguments[0], "family", None) != socket.AF_UNIX
    if is_new or is_use or event in _NAMES:
        # To a file: the attempt may be that of a child, or swallowed by its maker.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        file = os.open(os.environ["OFFLINE_ATTEMPTS"], flags)
        os.write(file, f"{event} {arguments[1:]}\n".encode())
        os.close(file)
        raise OSError("there is no network")


class _Instruction(ctypes.Structure):
    """One step of a filter of system calls (``linux/filter.h``)."""

    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Instruction)))


def _let_the_kernel_refuse(call: int) -> None:
    """Let the kernel end this process, and its children, if they make an internet socket."""
    steps = [
        (_LOAD, 0, 0, _CALL_OFFSET),
        (_IF_EQUAL, 0, 4, call),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_OFFSET),
        (_IF_EQUAL, 1, 0, _INTERNET[0]),
        (_IF_EQUAL, 0, 1, _INTERNET[1]),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    ]
    array = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), array)
    system = ctypes.CDLL(None)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    system.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)


sys.addaudithook(_refuse)
if platform.system() == "Linux" and platform.machine() in _SOCKET_CALL:
    _let_the_kernel_refuse(_SOCKET_CALL[platform.machine()])

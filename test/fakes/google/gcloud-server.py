"""The real gcloud, loaded once: each call is a fork of this process, which has all that a start of gcloud would load.

gcloud's own launcher starts this instead of lib/gcloud.py, which comes first in the arguments; then a folder. In there
appears a program `gcloud` that hands its arguments, environment, folder and channels over to a fork, and ends as that
ends. The fork does what lib/gcloud.py does. All of them, and the folder, go with standard input.

Where each belief comes from: the launcher `bin/gcloud` (CLOUDSDK_PYTHON_ARGS, `-S`) and lib/gcloud.py of gcloud 528.
"""

import gc
import importlib
import importlib.util
import json
import os
import selectors
import shutil
import signal
import socket
import sys

# What the commands that are called here load besides; a module that another gcloud does not have is left out.
MORE = [
    'googlecloudsdk.command_lib.run.' + name
    for name in ('serverless_operations', 'flags', 'connection_context', 'pretty_print', 'stages', 'traffic_printer')
] + [
    'googlecloudsdk.api_lib.run.' + name for name in ('service', 'revision', 'traffic', 'global_methods')
] + [
    'googlecloudsdk.command_lib.projects.util',
    'googlecloudsdk.command_lib.builds.submit_util',
    'googlecloudsdk.command_lib.secrets.args',
    'googlecloudsdk.api_lib.secrets.api',
    'googlecloudsdk.api_lib.logging.common',
    'googlecloudsdk.api_lib.storage.storage_api',
    'googlecloudsdk.api_lib.auth.exceptions',
    'googlecloudsdk.calliope.parser_completer',
    'googlecloudsdk.command_lib.concepts.concept_managers',
    'googlecloudsdk.command_lib.info_holder',
    'googlecloudsdk.command_lib.run.container_parser',
    'googlecloudsdk.command_lib.run.printers.traffic_printer',
    'googlecloudsdk.core.credentials.google_auth_credentials',
    'googlecloudsdk.core.diagnostics.network_diagnostics',
    'googlecloudsdk.core.resource.resource_printer',
    'googlecloudsdk.generated_clients.apis.run.v1.run_v1_client',
    'googlecloudsdk.generated_clients.apis.run.v1.resources',
    'proto',
    'googlecloudsdk.core.console.progress_tracker',
]

CLIENT = """#!{python} -IS
import array, json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
channels = array.array('i', [0, 1, 2])
server.sendmsg([len(call).to_bytes(4, 'big')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, channels)])
server.sendall(call)
answers = server.makefile()
pid = int(answers.readline())
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(one, lambda number, frame: os.kill(pid, number))
status = int(answers.readline())
if os.WIFSIGNALED(status):
    number = os.WTERMSIG(status)
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
os._exit(os.waitstatus_to_exitcode(status))
"""


def load(program):
    """lib/gcloud.py and all that it loads before it looks at its arguments."""
    sys.path[0] = os.path.dirname(program)
    spec = importlib.util.spec_from_file_location('gcloud', program)
    gcloud = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gcloud)
    sys.path = gcloud.reorder_sys_path(sys.path)
    gcloud._fix_google_module()
    gcloud._import_gcloud_main()
    for name in MORE:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    # Without this, the garbage collector of each fork would scan all loaded modules and copy their memory pages.
    gc.freeze()
    return gcloud


def receive(connection):
    """Arguments, environment, folder, and the three channels."""
    head, channels, _, _ = socket.recv_fds(connection, 4, 3)
    with connection.makefile('rb') as stream:
        call = json.loads(stream.read(int.from_bytes(head, 'big')))
    return call, channels


def become(gcloud, program, call, channels):
    """The fork, from here on a gcloud like any other."""
    arguments, environment, folder = call
    for number, channel in enumerate(channels):
        os.dup2(channel, number)
        os.close(channel)
    launcher = {name: value for name, value in os.environ.items() if name.startswith(('CLOUDSDK_', 'PYTHONIO'))}
    os.environ.clear()
    os.environ.update({**launcher, **environment, 'CLOUDSDK_PYTHON_ARGS': ''})
    os.chdir(folder)
    sys.argv = [program, *arguments]
    # Some modules look at a property while they are loaded, and the properties are kept.
    importlib.import_module('googlecloudsdk.core.configurations.named_configs').ActivePropertiesFile.Invalidate()
    code = 1
    try:
        gcloud.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def serve(gcloud, program, listener):
    selector = selectors.DefaultSelector()
    children = {}

    def end(connection):
        """Its client is gone: killed, or it has heard how the fork ended."""
        selector.unregister(connection)
        connection.close()

    def died(connection, pid, handle):
        _, status = os.waitpid(pid, 0)
        selector.unregister(handle)
        os.close(handle)
        del children[connection]
        try:
            connection.sendall(b'%d\n' % status)
        except OSError:
            pass

    def spoke(connection):
        if connection in children:
            os.kill(children[connection], signal.SIGKILL)
        end(connection)

    def called():
        connection, _ = listener.accept()
        try:
            call, channels = receive(connection)
        except (OSError, ValueError):
            connection.close()
            return
        # Only the fork has the other end: this one can be read when it is gone.
        end_of_fork, held = os.pipe()
        pid = os.fork()
        if pid == 0:
            listener.close()
            connection.close()
            selector.close()
            become(gcloud, program, call, channels)
        for channel in [*channels, held]:
            os.close(channel)
        children[connection] = pid
        selector.register(end_of_fork, selectors.EVENT_READ, lambda: died(connection, pid, end_of_fork))
        selector.register(connection, selectors.EVENT_READ, lambda: spoke(connection))
        try:
            connection.sendall(b'%d\n' % pid)
        except OSError:
            pass

    selector.register(listener, selectors.EVENT_READ, called)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                for pid in children.values():
                    os.kill(pid, signal.SIGKILL)
                return
            # An event before it may have ended what this one is about.
            if key.fileobj in selector.get_map():
                key.data()


def main():
    program, folder = [word for word in sys.argv[1:] if word != '-S']
    gcloud = load(program)
    address = os.path.join(folder, 'socket')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    client = os.path.join(folder, 'gcloud')
    with open(client + '.new', 'w', encoding='utf-8') as file:
        file.write(CLIENT.format(python=sys.executable, address=address))
    os.chmod(client + '.new', 0o755)
    os.rename(client + '.new', client)
    print('ready', flush=True)
    serve(gcloud, program, listener)
    shutil.rmtree(folder, ignore_errors=True)


main()

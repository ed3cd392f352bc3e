# Installs the insforge executable for this user, or upgrades it in place:
#
#   .\install.ps1 [-Version VERSION] [-To FOLDER] [-Unsigned]
#   .\install.ps1 -Uninstall [-To FOLDER]
#
# FOLDER is $env:INSFORGE_INSTALL_DIR, or %LOCALAPPDATA%\Programs\insforge, which is added to this
# user's PATH. INSFORGE_DOWNLOAD_URL names a mirror of the releases. The signature is checked with
# OpenSSL 3 (Git for Windows brings one) or Node; -Unsigned goes on with the digest alone. An older
# version than the one that is there is installed where -Version names it.
param(
  [string]$Version = '',
  [string]$To = $env:INSFORGE_INSTALL_DIR,
  [switch]$Unsigned,
  [switch]$Uninstall
)

# The public half of the key that signs releases, in the copy of this script that is released.
$ReleaseKey = '@RELEASE_KEY@'

$ErrorActionPreference = 'Stop'
# The progress bar of Windows PowerShell makes downloads many times slower.
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol =
  [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

function Get-File([string]$Address, [string]$Path) {
  try {
    Invoke-WebRequest -UseBasicParsing -Uri $Address -OutFile $Path
  } catch {
    throw "Cannot fetch ${Address}: $($_.Exception.Message)"
  }
}

# Whether FILE.sig is the signature of FILE by the release key.
function Test-Signature([string]$File, [string]$Key) {
  $node = Get-Command node -ErrorAction SilentlyContinue
  $openssl = @('openssl', "$env:ProgramFiles\Git\usr\bin\openssl.exe") |
    Where-Object { Get-Command $_ -ErrorAction SilentlyContinue } | Select-Object -First 1
  $lines = '-----BEGIN PUBLIC KEY-----', $ReleaseKey, '-----END PUBLIC KEY-----'
  [IO.File]::WriteAllText($Key, ($lines -join "`n") + "`n")
  $ErrorActionPreference = 'Continue'
  if ($node) {
    $check = "const{readFileSync:r}=require('fs'),[f,k]=process.argv.slice(1);" +
      "process.exit(require('crypto').verify(null,r(f),r(k),r(f+'.sig'))?0:1)"
    & node -e $check $File $Key 2>&1 | Out-Null
  } elseif ($openssl) {
    & $openssl pkeyutl -verify -pubin -inkey $Key -rawin -in $File -sigfile "$File.sig" 2>&1 |
      Out-Null
  } else {
    throw 'Node or OpenSSL 3 is needed for the signature; -Unsigned goes on without it.'
  }
  return $LASTEXITCODE -eq 0
}

function Get-UserPath {
  @([Environment]::GetEnvironmentVariable('Path', 'User') -split ';' | Where-Object { $_ })
}

# A running executable cannot be replaced, but it can be renamed.
function Set-Executable([string]$New, [string]$Target) {
  $old = "$Target.old"
  Remove-Item -Force $old -ErrorAction SilentlyContinue
  if (Test-Path $Target) { Move-Item -Force $Target $old }
  try {
    Move-Item -Force $New $Target
  } catch {
    if (Test-Path $old) { Move-Item -Force $old $Target }
    throw
  }
  Remove-Item -Force $old -ErrorAction SilentlyContinue
}

# The version in a folder; nothing where none starts.
function Get-Installed([string]$Folder) {
  try {
    return [version]((& (Join-Path $Folder 'insforge.exe') --version) -replace '[-+].*', '')
  } catch {
    return $null
  }
}

function Install-Release([string]$Folder) {
  if (-not [Environment]::Is64BitOperatingSystem) {
    throw 'There is no insforge for 32-bit Windows.'
  }
  $isArm = [Runtime.InteropServices.RuntimeInformation]::OSArchitecture -eq 'Arm64'
  $target = if ($isArm) { 'aarch64-pc-windows-msvc' } else { 'x86_64-pc-windows-msvc' }
  $releases = if ($env:INSFORGE_DOWNLOAD_URL) { $env:INSFORGE_DOWNLOAD_URL }
    else { 'https://github.com/InsForge/insforge-cli/releases' }
  $wanted = $Version -replace '^v', ''
  $sums = if ($wanted) { "download/v$wanted/SHA256SUMS" } else { 'latest/download/SHA256SUMS' }

  New-Item -ItemType Directory -Force $Folder | Out-Null
  $work = Join-Path $Folder ".insforge-install-$PID"
  New-Item -ItemType Directory -Force $work | Out-Null
  try {
    Get-File "$releases/$sums" "$work\SHA256SUMS"
    if (-not $Unsigned) {
      Get-File "$releases/$sums.sig" "$work\SHA256SUMS.sig"
      if (-not (Test-Signature "$work\SHA256SUMS" "$work\key.pem")) {
        throw "$releases/$sums is not signed by the makers of insforge. Nothing was changed."
      }
    }
    # Each line is a digest, two spaces and a name: insforge-VERSION-TARGET.zip
    $line = Get-Content "$work\SHA256SUMS" | Where-Object { $_ -match "-$target\.zip$" }
    if (-not $line) { throw "This release has no executable for $target." }
    $expected, $archive = $line -split '\s+'
    $found = $archive -replace '^insforge-', '' -replace "-$target\.zip$", ''
    if ($wanted -and $found -ne $wanted) { throw "Wanted version $wanted, found $found." }

    # A mirror, or who stands in its place, can offer an old release, signed as it was.
    $there = Get-Installed $Folder
    if (-not $wanted -and $there -and [version]($found -replace '[-+].*', '') -lt $there) {
      throw "insforge $there is in $Folder, and what is offered is older: nothing was changed. " +
        "Take it with -Version $found."
    }

    Write-Output "Fetching insforge $found for $target."
    Get-File "$releases/download/v$found/$archive" "$work\$archive"
    $actual = (Get-FileHash -Algorithm SHA256 "$work\$archive").Hash.ToLower()
    if ($actual -ne $expected) {
      throw "$archive is damaged: its SHA-256 is $actual, not $expected. Nothing was changed."
    }
    Expand-Archive -Force "$work\$archive" "$work\unpacked"
    # What does not start here must not replace what does.
    $started = & "$work\unpacked\insforge.exe" --version
    if ($LASTEXITCODE -ne 0) { throw "insforge $found does not start on this machine." }
    Set-Executable "$work\unpacked\insforge.exe" (Join-Path $Folder 'insforge.exe')
    Write-Output "Installed insforge $started in $Folder."
  } finally {
    Remove-Item -Recurse -Force $work -ErrorAction SilentlyContinue
  }

  $path = Get-UserPath
  if ($path -notcontains $Folder) {
    [Environment]::SetEnvironmentVariable('Path', (($path + $Folder) -join ';'), 'User')
    Write-Output 'Added it to PATH: open a new terminal to use it.'
  }
}

function Remove-Release([string]$Folder) {
  $executable = Join-Path $Folder 'insforge.exe'
  if (-not (Test-Path $executable)) { throw "There is no insforge in $Folder." }
  Remove-Item -Force $executable
  Remove-Item -Force "$executable.old" -ErrorAction SilentlyContinue
  $path = Get-UserPath | Where-Object { $_ -ne $Folder }
  [Environment]::SetEnvironmentVariable('Path', ($path -join ';'), 'User')
  Write-Output "Removed $executable. Its settings are kept in $HOME\.insforge."
}

try {
  if (-not $To) { $To = Join-Path $env:LOCALAPPDATA 'Programs\insforge' }
  $To = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($To)
  if ($Uninstall) { Remove-Release $To } else { Install-Release $To }
} catch {
  # `exit` would close the terminal of someone who pipes this script into Invoke-Expression.
  [Console]::Error.WriteLine("insforge: $($_.Exception.Message)")
  if ($PSCommandPath) { exit 1 }
}
